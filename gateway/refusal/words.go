package refusal

import (
	"net/http"

	"golang.org/x/text/language"

	"github.com/cappertrophy/panwall/gateway/visit"
)

// The languages of the pages; the first is for whoever asks for none of them.
const (
	english = iota
	russian
	kazakh
	languages
)

// matcher knows that, say, uk-UA and be-BY readers read Russian sooner than English (CLDR language matching).
var matcher = language.NewMatcher([]language.Tag{english: language.English, russian: language.Russian, kazakh: language.Kazakh})

// labels are the words around every refusal.
var labels = [languages]struct{ tag, window, field, incident, contact, retry string }{
	english: {"en", "Card numbers go only into the payment window that opens when you pay. Never put one into a form, a message or a file.", "Where", "Incident number", "Contact", "The shop will ask for the incident number."},
	russian: {"ru", "Номер карты вводится только в платёжном окне, которое открывается при оплате. Не пишите его в формах, сообщениях и файлах.", "Где", "Номер обращения", "Контакт", "Магазин спросит у вас номер обращения."},
	kazakh:  {"kk", "Карта нөмірі тек төлем кезінде ашылатын төлем терезесіне енгізіледі. Оны формаға, хабарламаға немесе файлға жазбаңыз.", "Қай жерде", "Өтініш нөмірі", "Байланыс", "Дүкен сізден өтініш нөмірін сұрайды."},
}

// words are what one refusal says, in one language. None of them comes from the client but At, which is an address
// that finding.Location has made safe.
type words struct {
	Code     Code   `json:"-"`
	Status   int    `json:"-"`
	Language string `json:"-"`

	Title, Body         string
	Window              string // where card numbers go; empty where that is not the point
	FieldLabel, At      string
	IncidentLabel, ID   string
	ContactLabel, Write string
	Retry               string
}

// wordsFor puts together what is said to this client. A visit is missing only when the house failed before making one.
func wordsFor(r *http.Request, v *visit.Visit, ref *Refusal) words {
	lang := languageOf(r.Header.Get("Accept-Language"))
	row, label := ref.Code.row(), labels[lang]
	w := words{
		Code: ref.Code, Status: row.status, Language: label.tag,
		Title: row.say[lang].title, Body: row.say[lang].body,
		FieldLabel: label.field, At: ref.At,
		IncidentLabel: label.incident, ContactLabel: label.contact, Retry: label.retry,
	}
	if _, known := table[ref.Code]; !known {
		w.Code = Internal
	}
	if ref.Code == Card {
		w.Window = label.window
	}
	if v != nil {
		w.ID = v.ID
		if v.Site != nil {
			w.Write = v.Site.Contact
		}
	}
	return w
}

// languageOf chooses the page's language (RFC 9110 section 12.5.4). What is malformed or long counts as absent.
func languageOf(accept string) int {
	if accept == "" || len(accept) > 256 {
		return english
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(tags) == 0 {
		return english
	}
	_, i, _ := matcher.Match(tags...)
	return i
}
