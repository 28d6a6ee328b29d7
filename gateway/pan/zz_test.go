package pan

import "testing"

func BenchmarkCalib(b *testing.B) {
	text := filled(1, texts["words"])
	var cl [256]uint8
	for c := '0'; c <= '9'; c++ {
		cl[c] = 1
	}
	cl[' '] = 2
	b.Run("naive", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		t0 := cpuTime()
		h := 0
		for b.Loop() {
			for i := 0; i < len(text); {
				if cl[text[i]] == 0 {
					i++
					continue
				}
				e := i + 1
				for e < len(text) && cl[text[e]] != 0 {
					e++
				}
				if e-i >= 13 {
					h++
				}
				i = e
			}
		}
		b.ReportMetric(float64(len(text))*float64(b.N)/1e6/(cpuTime()-t0).Seconds(), "MB/cpu-s")
	})
	dst := make([]byte, len(text))
	b.Run("copy", func(b *testing.B) {
		t0 := cpuTime()
		for b.Loop() {
			copy(dst, text)
		}
		b.ReportMetric(float64(len(text))*float64(b.N)/1e6/(cpuTime()-t0).Seconds(), "MB/cpu-s")
	})
}
