package inspect

import (
	"testing"
)

func TestPieced(t *testing.T) {
	for claim, tc := range map[string]struct{ header, want string }{
		"two pieces":                   {`; filename*0="41111111"; filename*1="11111111"`, "4111111111111111"},
		"in another order":             {`; filename*1=11111111; filename*0=41111111`, "4111111111111111"},
		"encoded behind a charset":     {`; filename*0*=UTF-8''%34%31; filename*1*=%31; filename*2=1`, "4111"},
		"encoded behind a language":    {`; filename*0*=UTF-8'kk'%34; filename*1=1`, "41"},
		"twelve pieces, as numbers":    {`; a*0=0; a*2=2; a*10=x; a*1=1`, "012x"},
		"one that is whole is no case": {`; filename*=UTF-8''%34`, ""},
	} {
		got := ""
		for _, whole := range pieced(parameters(tc.header)) {
			got += string(whole)
		}
		if got != tc.want {
			t.Errorf("%s: %q", claim, got)
		}
	}
}
