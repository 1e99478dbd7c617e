package sat

// heap orders variables by activity, the highest first; among equals the lower number.
type heap struct {
	order []int32
	at    []int32 // by variable, −1: not in it
}

func (h *heap) before(a, b int32, activity []float64) bool {
	return activity[a] > activity[b] || activity[a] == activity[b] && a < b
}

func (h *heap) add(v int32, activity []float64) {
	h.at = append(h.at, -1)
	h.put(v, activity)
}

func (h *heap) put(v int32, activity []float64) {
	if h.at[v] >= 0 {
		return
	}
	h.at[v] = int32(len(h.order))
	h.order = append(h.order, v)
	h.up(v, activity)
}

func (h *heap) up(v int32, activity []float64) {
	i := h.at[v]
	for i > 0 {
		parent := h.order[(i-1)/2]
		if !h.before(v, parent, activity) {
			break
		}
		h.order[i], h.at[parent] = parent, i
		i = (i - 1) / 2
	}
	h.order[i], h.at[v] = v, i
}

func (h *heap) down(v int32, activity []float64) {
	i, n := h.at[v], int32(len(h.order))
	for {
		child := 2*i + 1
		if child >= n {
			break
		}
		if child+1 < n && h.before(h.order[child+1], h.order[child], activity) {
			child++
		}
		if !h.before(h.order[child], v, activity) {
			break
		}
		h.order[i], h.at[h.order[child]] = h.order[child], i
		i = child
	}
	h.order[i], h.at[v] = v, i
}

// pop takes the first; −1: none is left.
func (h *heap) pop(activity []float64) int32 {
	if len(h.order) == 0 {
		return -1
	}
	v := h.order[0]
	last := h.order[len(h.order)-1]
	h.order, h.at[v] = h.order[:len(h.order)-1], -1
	if last != v {
		h.at[last] = 0
		h.order[0] = last
		h.down(last, activity)
	}
	return v
}
