package pan

// Sources of the shipped rows.
const (
	fromBraintree = "braintree/credit-card-type src/lib/card-types.ts, commit 0bac61c0"
	fromWikipedia = "Wikipedia, Payment card number, issuer identification number table"
	fromFivell    = "Fivell/credit_card_validations lib/data/brands.yaml"
	fromValidator = "braintree/card-validator issue 112: not all UnionPay numbers pass the check"
	fromUzcard    = "caseyryan/flutter_multi_formatter issue 150; a public UzCard processing configuration"
	unconfirmed   = "common knowledge, no scheme bulletin seen"
)

// Shipped is the dated table of ranges built into the binary; every row names its source.
// Rows may overlap: the best tier decides, then the narrowest range names the brand.
func Shipped() []Row {
	rows := append(international(), regional()...)
	for i := range rows {
		rows[i].Date = "2026-11-22"
	}
	return rows
}

// international is the networks that are issued in many countries.
func international() []Row {
	return []Row{
		{Brand: "visa", From: "4", To: "4", Lengths: []int{16, 18, 19}, Tier: A, Source: fromBraintree},
		// No longer issued, and every Russian and Kazakh barcode (EAN-13 46, 48) begins like one.
		{Brand: "visa", From: "4", To: "4", Lengths: []int{13}, Tier: C, Source: fromWikipedia},
		{Brand: "mastercard", From: "51", To: "55", Lengths: []int{16}, Tier: A, Source: fromBraintree},
		{Brand: "mastercard", From: "2221", To: "2720", Lengths: []int{16}, Tier: A, Source: fromBraintree},
		{Brand: "amex", From: "34", To: "34", Lengths: []int{15}, Tier: A, Source: fromBraintree},
		{Brand: "amex", From: "37", To: "37", Lengths: []int{15}, Tier: A, Source: fromBraintree},
		{Brand: "discover", From: "6011", To: "6011", Lengths: []int{16, 19}, Tier: A, Source: fromBraintree},
		{Brand: "discover", From: "644", To: "649", Lengths: []int{16, 19}, Tier: A, Source: fromBraintree},
		{Brand: "discover", From: "65", To: "65", Lengths: []int{16, 19}, Tier: A, Source: fromBraintree},
		{Brand: "diners", From: "300", To: "305", Lengths: []int{14, 16, 19}, Tier: A, Source: fromBraintree},
		{Brand: "diners", From: "3095", To: "3095", Lengths: []int{14, 16, 19}, Tier: A, Source: fromWikipedia},
		{Brand: "diners", From: "36", To: "36", Lengths: []int{14, 16, 19}, Tier: A, Source: fromBraintree},
		{Brand: "diners", From: "38", To: "39", Lengths: []int{14, 16, 19}, Tier: A, Source: fromBraintree},
		{Brand: "jcb", From: "3528", To: "3589", Lengths: []int{16}, Tier: A, Source: fromBraintree},
		{Brand: "jcb", From: "3528", To: "3589", Lengths: []int{17, 18, 19}, Tier: B, Source: fromBraintree},
		{Brand: "jcb", From: "1800", To: "1800", Lengths: []int{15}, Tier: C, Source: fromFivell},
		{Brand: "jcb", From: "2131", To: "2131", Lengths: []int{15}, Tier: C, Source: fromFivell},
		{Brand: "unionpay", From: "62", To: "62", Lengths: []int{16, 17, 18, 19}, Luhn: Unknown, Tier: A, Source: fromValidator},
		{Brand: "unionpay", From: "62", To: "62", Lengths: []int{14, 15}, Luhn: Unknown, Tier: C, Source: fromBraintree},
		{Brand: "unionpay", From: "8100", To: "8171", Lengths: []int{16, 17, 18, 19}, Luhn: Unknown, Tier: A, Source: fromBraintree},
		{Brand: "maestro", From: "5018", To: "5018", Lengths: []int{16, 18, 19}, Tier: A, Source: fromBraintree},
		{Brand: "maestro", From: "5020", To: "5020", Lengths: []int{16, 18, 19}, Tier: A, Source: fromBraintree},
		{Brand: "maestro", From: "5038", To: "5038", Lengths: []int{16, 18, 19}, Tier: A, Source: fromBraintree},
		{Brand: "maestro", From: "5893", To: "5893", Lengths: []int{16, 18, 19}, Tier: A, Source: fromBraintree},
		{Brand: "maestro", From: "6304", To: "6304", Lengths: []int{16, 18, 19}, Tier: A, Source: fromBraintree},
		{Brand: "maestro", From: "6390", To: "6390", Lengths: []int{16, 18, 19}, Tier: A, Source: fromBraintree},
		{Brand: "maestro", From: "6759", To: "6759", Lengths: []int{16, 18, 19}, Tier: A, Source: fromWikipedia},
		{Brand: "maestro", From: "6761", To: "6763", Lengths: []int{16, 18, 19}, Tier: A, Source: fromWikipedia},
		{Brand: "maestro", From: "6799", To: "6799", Lengths: []int{16, 18, 19}, Tier: A, Source: fromBraintree},
		{Brand: "maestro", From: "50", To: "50", Lengths: []int{16, 18, 19}, Tier: B, Source: fromWikipedia},
		{Brand: "maestro", From: "56", To: "69", Lengths: []int{16, 18, 19}, Tier: B, Source: fromWikipedia},
		{Brand: "maestro", From: "50", To: "50", Lengths: []int{12, 13, 14, 15, 17}, Tier: C, Source: fromWikipedia},
		{Brand: "maestro", From: "56", To: "69", Lengths: []int{12, 13, 14, 15, 17}, Tier: C, Source: fromWikipedia},
		// Facebook's 15-digit identifiers begin with 1000.
		{Brand: "uatp", From: "1", To: "1", Lengths: []int{15}, Tier: C, Source: fromWikipedia},
	}
}

// regional is the networks of one country or a few.
func regional() []Row {
	return []Row{
		{Brand: "mir", From: "2200", To: "2204", Lengths: []int{16, 17, 18, 19}, Tier: A, Source: fromBraintree},
		{Brand: "borica", From: "2205", To: "2205", Lengths: []int{16}, Tier: A, Source: fromWikipedia},
		{Brand: "uzcard", From: "8600", To: "8600", Lengths: []int{16}, Luhn: Unknown, Tier: A, Source: fromUzcard},
		{Brand: "uzcard", From: "5614", To: "5614", Lengths: []int{16}, Luhn: Unknown, Tier: A, Source: fromUzcard},
		{Brand: "uzcard", From: "626247", To: "626425", Lengths: []int{16}, Luhn: Unknown, Tier: A, Source: fromUzcard},
		{Brand: "humo", From: "9860", To: "9860", Lengths: []int{16}, Luhn: Unknown, Tier: A, Source: fromUzcard},
		{Brand: "elkart", From: "9417", To: "9417", Lengths: []int{16}, Tier: A, Source: unconfirmed},
		{Brand: "belkart", From: "9112", To: "9112", Lengths: []int{16}, Tier: A, Source: unconfirmed},
		{Brand: "arca", From: "9051", To: "9051", Lengths: []int{16}, Tier: A, Source: unconfirmed},
		{Brand: "troy", From: "9792", To: "9792", Lengths: []int{16}, Tier: A, Source: fromWikipedia},
		{Brand: "rupay", From: "82", To: "82", Lengths: []int{16}, Tier: A, Source: fromWikipedia},
		{Brand: "rupay", From: "508", To: "508", Lengths: []int{16}, Tier: A, Source: fromWikipedia},
		{Brand: "rupay", From: "8172", To: "8199", Lengths: []int{16}, Tier: A, Source: fromWikipedia},
		{Brand: "rupay", From: "60", To: "60", Lengths: []int{16}, Tier: B, Source: fromWikipedia},
		{Brand: "verve", From: "506099", To: "506198", Lengths: []int{16, 18, 19}, Tier: A, Source: fromBraintree},
		{Brand: "verve", From: "507865", To: "507964", Lengths: []int{16, 18, 19}, Tier: A, Source: fromBraintree},
		{Brand: "verve", From: "650002", To: "650027", Lengths: []int{16, 18, 19}, Tier: A, Source: fromBraintree},
		{Brand: "elo", From: "401178", To: "401178", Lengths: []int{16}, Tier: A, Source: fromBraintree},
		{Brand: "elo", From: "438935", To: "438935", Lengths: []int{16}, Tier: A, Source: fromBraintree},
		{Brand: "elo", From: "504175", To: "504175", Lengths: []int{16}, Tier: A, Source: fromBraintree},
		{Brand: "elo", From: "506699", To: "506778", Lengths: []int{16}, Tier: A, Source: fromBraintree},
		{Brand: "elo", From: "509000", To: "509999", Lengths: []int{16}, Tier: A, Source: fromBraintree},
		{Brand: "elo", From: "636297", To: "636297", Lengths: []int{16}, Tier: A, Source: fromBraintree},
		{Brand: "elo", From: "636368", To: "636368", Lengths: []int{16}, Tier: A, Source: fromBraintree},
		{Brand: "elo", From: "650031", To: "655058", Lengths: []int{16}, Tier: A, Source: fromBraintree},
		{Brand: "hipercard", From: "606282", To: "606282", Lengths: []int{16}, Tier: A, Source: fromBraintree},
		{Brand: "hipercard", From: "606282", To: "606282", Lengths: []int{13, 19}, Tier: C, Source: fromFivell},
		{Brand: "hiper", From: "637095", To: "637095", Lengths: []int{16}, Tier: A, Source: fromBraintree},
		{Brand: "hiper", From: "637568", To: "637568", Lengths: []int{16}, Tier: A, Source: fromBraintree},
		{Brand: "hiper", From: "637599", To: "637599", Lengths: []int{16}, Tier: A, Source: fromBraintree},
		{Brand: "dankort", From: "5019", To: "5019", Lengths: []int{16}, Tier: A, Source: fromWikipedia},
		{Brand: "dankort", From: "4571", To: "4571", Lengths: []int{16}, Tier: A, Source: fromWikipedia},
		{Brand: "prostir", From: "604001", To: "604200", Lengths: []int{16, 17, 18, 19}, Tier: A, Source: fromWikipedia},
		{Brand: "napas", From: "9704", To: "9704", Lengths: []int{16, 19}, Luhn: Unknown, Tier: A, Source: fromWikipedia},
		{Brand: "lankapay", From: "357111", To: "357111", Lengths: []int{16, 17, 18, 19}, Luhn: Unknown, Tier: C, Source: fromWikipedia},
		{Brand: "afrigo", From: "56445600", To: "56445600", Lengths: []int{18}, Luhn: Unknown, Tier: C, Source: fromWikipedia},
		{Brand: "gpn", From: "1946", To: "1946", Lengths: []int{16, 17, 18, 19}, Luhn: Unknown, Tier: C, Source: fromWikipedia},
	}
}
