package carrier

func (w *walk) pdf(content []byte) error { return nil }
