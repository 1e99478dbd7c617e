package quote

import (
	"unicode/utf8"

	"quotewright/catalog"
)

// plainByte says which bytes stand in a JSON text as they are: those of encoding/json
// with HTML escaped. Bytes of longer characters are looked at one by one.
var plainByte = func() (plain [256]bool) {
	for b := ' '; b < utf8.RuneSelf; b++ {
		plain[b] = b != '"' && b != '\\' && b != '<' && b != '>' && b != '&'
	}
	return plain
}()

// plainLength is the length of the plain bytes that a text begins with. Eight bytes are
// looked at together while all of them are plain.
func plainLength(s string) int {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		t := s[i : i+8]
		eight := uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 |
			uint64(t[4])<<32 | uint64(t[5])<<40 | uint64(t[6])<<48 | uint64(t[7])<<56
		if unplain(eight) {
			break
		}
	}
	for i < len(s) && plainByte[s[i]] {
		i++
	}
	return i
}

const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// unplain reports whether one of eight bytes is not plain. It may be wrong about bytes
// above one that is not, and only then.
func unplain(eight uint64) bool {
	control := (eight - ' '*ones) &^ eight
	angle := (eight | 0x02*ones) ^ '>'*ones     // < and > differ in that bit
	ampersand := (eight | 0x04*ones) ^ '&'*ones // as do " and &
	backslash := eight ^ '\\'*ones
	zero := (angle-ones)&^angle | (ampersand-ones)&^ampersand | (backslash-ones)&^backslash
	return (eight|control|zero)&highs != 0
}

// appendText writes a JSON text as encoding/json does.
func appendText(buf []byte, s string) []byte {
	buf = append(buf, '"')
	plain := plainLength(s)
	buf = append(buf, s[:plain]...)
	if plain < len(s) {
		buf = appendEscapedText(buf, s[plain:])
	}
	return append(buf, '"')
}

func appendEscapedText(buf []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); {
		if plainByte[s[i]] {
			i++
			continue
		}
		if s[i] < utf8.RuneSelf {
			buf = appendEscaped(append(buf, s[start:i]...), s[i])
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			buf = append(append(buf, s[start:i]...), `\ufffd`...)
			start = i + size
		case r == '\u2028' || r == '\u2029': // no JavaScript takes them in a text
			buf = append(append(buf, s[start:i]...), `\u202`...)
			buf = append(buf, hexDigits[r&0xf])
			start = i + size
		}
		i += size
	}
	return append(buf, s[start:]...)
}

const hexDigits = "0123456789abcdef"

func appendEscaped(buf []byte, b byte) []byte {
	switch b {
	case '"', '\\':
		return append(buf, '\\', b)
	case '\b':
		return append(buf, '\\', 'b')
	case '\f':
		return append(buf, '\\', 'f')
	case '\n':
		return append(buf, '\\', 'n')
	case '\r':
		return append(buf, '\\', 'r')
	case '\t':
		return append(buf, '\\', 't')
	}
	return append(buf, '\\', 'u', '0', '0', hexDigits[b>>4], hexDigits[b&0xf])
}

// appendDate writes a date as its String does.
func appendDate(buf []byte, d catalog.Date) []byte {
	y, m, day := d.Year, int(d.Month), d.Day
	if y < 0 || y > 9999 || m < 0 || m > 99 || day < 0 || day > 99 {
		return append(buf, d.String()...)
	}
	return append(buf, byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-',
		byte('0'+m/10), byte('0'+m%10), '-', byte('0'+day/10), byte('0'+day%10))
}
