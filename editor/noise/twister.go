package noise

// Parameters of MT19937 (Matsumoto and Nishimura 1998), the generator behind
// PyTorch's CPU random numbers.
const (
	stateWords = 624
	shiftWords = 397
	matrixA    = 0x9908b0df
	upperBit   = 0x80000000
	lowerBits  = 0x7fffffff
)

// twister is the 32-bit Mersenne twister. The standard library's generators
// are others, and the seed must give PyTorch's sequence.
type twister struct {
	state [stateWords]uint32
	used  int
}

func newTwister(seed uint32) *twister {
	t := &twister{used: stateWords}
	t.state[0] = seed
	for i := 1; i < stateWords; i++ {
		prev := t.state[i-1]
		t.state[i] = 1812433253*(prev^prev>>30) + uint32(i)
	}
	return t
}

// next returns 32 random bits.
func (t *twister) next() uint32 {
	if t.used == stateWords {
		t.twist()
	}
	y := t.state[t.used]
	t.used++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// double returns a uniform sample in [0, 1) of 53 random bits, the first draw
// being the high half.
func (t *twister) double() float64 {
	high, low := uint64(t.next()), uint64(t.next())
	return float64((high<<32|low)&(1<<53-1)) / (1 << 53)
}

func (t *twister) twist() {
	for i := range t.state {
		y := t.state[i]&upperBit | t.state[(i+1)%stateWords]&lowerBits
		x := t.state[(i+shiftWords)%stateWords] ^ y>>1
		if y&1 != 0 {
			x ^= matrixA
		}
		t.state[i] = x
	}
	t.used = 0
}
