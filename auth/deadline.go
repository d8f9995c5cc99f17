package auth

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// storeBudget is how long the calls to the adapter may take that one request
// makes, all together. What a request waits for providers and mail servers does
// not count.
const storeBudget = 5 * time.Second

// errStoreTimeout reports that the adapter did not answer in time. What was
// asked of it may have happened or not.
var errStoreTimeout = errors.New("auth: the adapter did not answer in time")

// budget is the context of one request. It knows how long the adapter has taken
// so far.
type budget struct {
	context.Context
	spent atomic.Int64 // a time.Duration
}

type budgetKey struct{}

func (b *budget) Value(key any) any {
	if key == (budgetKey{}) {
		return b
	}
	return b.Context.Value(key)
}

// withBudget gives a request its budget, unless it has one.
func withBudget(ctx context.Context) context.Context {
	if _, ok := ctx.Value(budgetKey{}).(*budget); ok {
		return ctx
	}
	return &budget{Context: ctx}
}

// storeCall is one call to the adapter.
type storeCall struct {
	// ctx ends when the budget of the request is used up.
	ctx    context.Context
	cancel context.CancelFunc
	budget *budget
	began  time.Time
}

// beginCall begins a call with what is left of the request's budget. Without a
// request it has a budget of its own.
func beginCall(ctx context.Context) storeCall {
	c := storeCall{began: time.Now()}
	left := storeBudget
	if b, ok := ctx.Value(budgetKey{}).(*budget); ok {
		c.budget = b
		left -= time.Duration(b.spent.Load())
	}
	c.ctx, c.cancel = context.WithDeadline(ctx, c.began.Add(left))
	return c
}

// end ends a call. An error that comes of its deadline becomes an
// errStoreTimeout around it.
func (c storeCall) end(err error) error {
	late := err != nil && (errors.Is(c.ctx.Err(), context.DeadlineExceeded) || errors.Is(err, context.DeadlineExceeded))
	c.cancel()
	if c.budget != nil {
		c.budget.spent.Add(int64(time.Since(c.began)))
	}
	if !late || errors.Is(err, ErrNotFound) || errors.Is(err, ErrConflict) || errors.Is(err, ErrLastAccount) {
		return err
	}
	return fmt.Errorf("%w: %w", errStoreTimeout, err)
}
