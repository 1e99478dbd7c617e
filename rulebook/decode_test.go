package rulebook

import (
	"testing"
	"time"
)

func TestDecodeYAML(t *testing.T) {
	type config struct {
		Listen string        `yaml:"listen"`
		Every  time.Duration `yaml:"every"`
		Keys   []struct {
			Name string `yaml:"name"`
		} `yaml:"keys"`
	}
	var c config
	if mistakes := DecodeYAML("c.yaml", []byte("\ufefflisten: :8080\r\nevery: 1m30s\r\nkeys: [{name: a}]\r\n"), &c); len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	if c.Listen != ":8080" || c.Every != 90*time.Second || c.Keys[0].Name != "a" {
		t.Errorf("%+v", c)
	}
	for text, want := range map[string]string{
		"listen: a\nlisen: b\n":            `c.yaml:2:1: unknown field "lisen"`,
		"keys: 5\n":                        `c.yaml:1:7: int was used where sequence is expected`,
		"listen: [\n":                      `c.yaml:1:9: sequence end token ']' not found`,
		"listen: &a x\n":                   `c.yaml:1:9: anchors and aliases are not allowed here: write the value out, and a text that starts with & in quotes`,
		"listen: a\nlisten: b\n":           `c.yaml:2:1: mapping key "listen" already defined at [1:1]`,
		"listen: caf\xe9\n":                `c.yaml:1: the file is not UTF-8`,
		"keys:\n  - name: a\n    nam: b\n": `c.yaml:3:5: unknown field "nam"`,
	} {
		if mistakes := DecodeYAML("c.yaml", []byte(text), new(config)); mistakes.Error() != want {
			t.Errorf("%q: %v, want %s", text, mistakes, want)
		}
	}
}
