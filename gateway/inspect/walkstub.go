package inspect

func (r *reading) walkXML(t *text) (bool, error)            { return false, nil }
func (r *reading) walkCSV(t *text) (bool, error)            { return false, nil }
func (r *reading) walkPacked(t *text, k kind) (bool, error) { return false, nil }
