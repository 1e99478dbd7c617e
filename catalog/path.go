package catalog

import "strings"

// FamilyPath returns a product family and the families above it, the most specific
// first: pumps/centrifugal gives pumps/centrifugal and pumps. No family gives none.
func FamilyPath(family string) []string { return path(family) }

// RegionPath returns a region and the regions above it, as FamilyPath does.
func RegionPath(region string) []string { return path(region) }

func path(p string) []string {
	if p == "" {
		return nil
	}
	steps := make([]string, 0, 1+strings.Count(p, "/"))
	for {
		steps = append(steps, p)
		up := strings.LastIndexByte(p, '/')
		if up <= 0 {
			return steps
		}
		p = p[:up]
	}
}

// inPath reports whether p is at or below top.
func inPath(p, top string) bool {
	below, ok := strings.CutPrefix(p, top)
	return ok && (below == "" || below[0] == '/')
}
