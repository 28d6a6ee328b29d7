package pan
import ("testing";"bytes")
func BenchmarkZZ(b *testing.B){
 s := scanner(b); var found []Match
 for _, k := range []struct{n, t string}{
  {"A", "81000000 00000000X"}, {"B", "0,8100000000000000X"}, {"C", "0_500009000000_A"},{"D","6000 0000000007\xa2"},{"E", "4111111111111111eXp01   0"},{"F","A00 8100-0020-0000-0000-0"}, {"G","(0A)4222221111111"}, {"H","0\xef\xbc0\xef\xbc0\xef\xbc0\xef\xbc0\xef\xbc0\xef\xbc0\xef\xbc0\xef"},{"I","X-8100100000000000000"},{"J","0 00 0&0 00 0&0 00 0A"},
 }{
  text := bytes.Repeat([]byte(k.t), 1<<20/len(k.t))
  for _, whole := range []bool{true,false} {
  timed(b, k.n+map[bool]string{true:"w"}[whole], text, func(text []byte) { found = s.Scan(found[:0], Text{Data: text, Name:"0", Whole: whole}) })
  }
 }
}
