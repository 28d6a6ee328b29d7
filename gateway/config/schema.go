package config

import "github.com/cappertrophy/panwall/gateway/internal/strictyaml"

// Schema is the JSON Schema of panwall.yaml.
func Schema() ([]byte, error) { return strictyaml.Schema("panwall.yaml", &Config{}) }
