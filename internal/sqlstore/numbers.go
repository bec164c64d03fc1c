package sqlstore

import (
	"context"
	"sync"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// numberBlock is how many file numbers are reserved at once. Submissions then do not queue up for one counter row; what is
// left of a block when the process ends is a gap.
const numberBlock = 32

type numberKey struct {
	tenant, prefix string
	year           int
}

// numbers are the reserved numbers of one key. Whoever holds turn may take one or reserve more.
type numbers struct {
	turn       chan struct{}
	next, last int64
}

type numberBlocks struct {
	mu  *sync.Mutex
	all map[numberKey]*numbers
}

func newNumberBlocks() numberBlocks {
	return numberBlocks{mu: &sync.Mutex{}, all: map[numberKey]*numbers{}}
}

func (b numberBlocks) of(k numberKey) *numbers {
	b.mu.Lock()
	defer b.mu.Unlock()
	n, ok := b.all[k]
	if !ok {
		n = &numbers{turn: make(chan struct{}, 1), next: 1}
		b.all[k] = n
	}
	return n
}

// NextFileNumber reserves a number; numbers are unique per tenant, prefix and year and may have gaps.
func (s *Store) NextFileNumber(ctx context.Context, tenant, prefix string, year int) (string, error) {
	n := s.numbers.of(numberKey{tenant, prefix, year})
	select {
	case n.turn <- struct{}{}:
	case <-ctx.Done():
		return "", wrap("file number", ctx.Err())
	}
	defer func() { <-n.turn }()
	if n.next > n.last {
		err := s.inTenant(tenant).write(ctx, "file number", func(ctx context.Context, t *tx) error {
			last, err := t.ReserveNumbers(ctx, db.ReserveNumbersParams{Tenant: tenant, Prefix: prefix, Year: int64(year), Block: numberBlock})
			if err == nil {
				n.next, n.last = last-numberBlock+1, last
			}
			return err
		})
		if err != nil {
			n.next, n.last = 1, 0 // whatever was read did not last
			return "", err
		}
	}
	number := civic.FileNumber(prefix, year, n.next)
	n.next++
	return number, nil
}
