package sqldb

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/mailaddr"
)

// SignIn writes what one sign-in changes in one transaction. The values that in
// points to are not modified.
func (s *store) SignIn(ctx context.Context, in auth.SignIn) (user *auth.User, err error) {
	w, err := s.newSignIn(in)
	if err != nil {
		return nil, err
	}
	err = s.transaction(ctx, "sign in", w.queries(), func(ctx context.Context, t transaction) error {
		user, err = w.apply(ctx, t)
		return err
	})
	var lost *commitError
	if errors.As(err, &lost) {
		user, err = w.afterLostCommit(ctx, user, err)
	}
	if err != nil {
		return nil, err
	}
	return user, nil
}

// signIn is an auth.SignIn with the statements that it needs. In a command that
// names the user, the first value is the user's id, which the database may assign
// as late as in the transaction.
type signIn struct {
	auth.SignIn
	store   *store
	userID  any     // nil when the database assigns it
	user    command // INSERT or UPDATE
	account command
	session command
}

func (s *store) newSignIn(in auth.SignIn) (*signIn, error) {
	w := &signIn{SignIn: in, store: s}
	named := 0
	known := in.UserID
	if in.CreateUser != nil {
		named++
		w.userID = s.tables.ID.newID()
		assignments, err := s.userAssignments(in.CreateUser)
		if err != nil {
			return nil, &auth.StepError{Step: auth.StepCreateUser, Err: err}
		}
		t := s.tables.Users
		assignments = append(assignments, assignment{t.ID, w.userID}, assignment{t.CreatedAt, s.times.value(time.Now())})
		w.user = insert(s.dialect, t.Table, assignments)
	}
	if in.UpdateUser != nil {
		named++
		known = in.UpdateUser.ID
		assignments, err := s.userAssignments(in.UpdateUser)
		if err != nil {
			return nil, &auth.StepError{Step: auth.StepUpdateUser, Err: err}
		}
		key, _ := s.tables.ID.value(known)
		w.user = update(s.dialect, s.tables.Users.Table, assignments, s.queries.isUser, key)
	}
	if in.UserID != "" {
		named++
	}
	if named != 1 {
		return nil, fmt.Errorf("sqldb: sign in: %d of CreateUser, UpdateUser and UserID are set, want one", named)
	}
	if in.CreateUser == nil {
		var ok bool
		if w.userID, ok = s.tables.ID.value(known); !ok {
			return nil, &auth.StepError{Step: auth.StepUpdateUser, Err: auth.ErrNotFound}
		}
	}
	if in.LinkAccount != nil {
		assignments, err := s.accountAssignments(in.LinkAccount)
		if err != nil {
			return nil, &auth.StepError{Step: auth.StepLinkAccount, Err: err}
		}
		w.account = s.insertOfUser(s.tables.Accounts.Table, s.tables.Accounts.UserID, assignments)
	}
	if in.CreateSession != nil {
		w.session = s.insertOfUser(s.tables.Sessions.Table, s.tables.Sessions.UserID, s.sessionAssignments(in.CreateSession))
	}
	return w, nil
}

// insertOfUser is an INSERT whose first value is the id of a user.
func (s *store) insertOfUser(table, userID string, assignments []assignment) command {
	const later = "" // set before the statement runs
	return insert(s.dialect, table, slices.Insert(assignments, 0, assignment{userID, later}))
}

// queries are those of apply, to be prepared before the transaction starts.
func (w *signIn) queries() []string {
	q := &w.store.queries
	var queries []string
	if w.UseVerificationToken != nil {
		queries = append(queries, q.deleteLinksOfAddress)
		if w.store.dialect.returning {
			queries = append(queries, q.takeLink)
		} else {
			queries = append(queries, q.selectLink, q.deleteLink)
		}
	}
	queries = append(queries, q.selectUser)
	if w.RemoveAttached {
		queries = append(queries, q.deleteAccountsOfUser, q.deleteSessionsOfUser)
	}
	if w.DeleteSession != "" {
		queries = append(queries, q.deleteSession)
	}
	for _, c := range []command{w.user, w.account, w.session} {
		if c.query != "" {
			queries = append(queries, c.query)
		}
	}
	return queries
}

// apply runs the steps in their order.
func (w *signIn) apply(ctx context.Context, t transaction) (*auth.User, error) {
	s := w.store
	if err := w.lock(ctx, t); err != nil {
		return nil, err
	}
	if link := w.UseVerificationToken; link != nil {
		_, err := s.takeLink(ctx, t, link.Identifier, link.Token)
		if err == nil {
			_, err = execute(ctx, t, s.queries.deleteLinksOfAddress, link.Identifier)
		}
		if err != nil {
			return nil, &auth.StepError{Step: auth.StepUseVerificationToken, Err: err}
		}
	}
	user, userID, err := w.applyUser(ctx, t)
	if err != nil {
		return nil, err
	}
	steps := []struct {
		step  auth.Step
		do    bool
		query string
		args  []any
	}{
		{auth.StepRemoveAttached, w.RemoveAttached, s.queries.deleteAccountsOfUser, []any{userID}},
		{auth.StepRemoveAttached, w.RemoveAttached, s.queries.deleteSessionsOfUser, []any{userID}},
		{auth.StepLinkAccount, w.LinkAccount != nil, w.account.query, withFirst(w.account.args, userID)},
		{auth.StepDeleteSession, w.DeleteSession != "", s.queries.deleteSession, []any{w.DeleteSession}},
		{auth.StepCreateSession, w.CreateSession != nil, w.session.query, withFirst(w.session.args, userID)},
	}
	for _, step := range steps {
		if !step.do {
			continue
		}
		err := w.checkTaken(ctx, t, step.step)
		if err == nil {
			_, err = execute(ctx, t, step.query, step.args...)
		}
		if err != nil {
			return nil, &auth.StepError{Step: step.step, Err: err}
		}
	}
	return user, nil
}

// withFirst is a copy of the values of a command with another first one.
func withFirst(args []any, first any) []any {
	if len(args) == 0 {
		return nil
	}
	return append([]any{first}, args[1:]...)
}

// applyUser creates, updates or finds the user and returns it as stored, with its
// id as statements take it.
func (w *signIn) applyUser(ctx context.Context, t transaction) (*auth.User, any, error) {
	s, step, userID := w.store, auth.StepUpdateUser, w.userID
	if w.CreateUser != nil {
		step = auth.StepCreateUser
	}
	err := w.checkTaken(ctx, t, step)
	switch {
	case err != nil:
	case w.CreateUser != nil && userID == nil:
		userID, err = s.insertReturningID(ctx, t, w.user)
	case w.user.query != "":
		_, err = execute(ctx, t, w.user.query, w.user.args...)
	}
	if err != nil {
		return nil, nil, &auth.StepError{Step: step, Err: err}
	}
	query := s.queries.selectUser
	if s.tables.own == nil {
		query = s.queries.lockUser // no foreign key may keep the user there
	}
	user, err := s.readUser(ctx, t, query, userID)
	if err != nil {
		return nil, nil, &auth.StepError{Step: step, Err: err}
	}
	return user, userID, nil
}

// insertReturningID adds a row whose id the database assigns.
func (s *store) insertReturningID(ctx context.Context, t transaction, c command) (any, error) {
	if !s.dialect.returning {
		result, err := executeResult(ctx, t, c.query, c.args...)
		if err != nil {
			return nil, err
		}
		return result.LastInsertId()
	}
	var id string
	err := scanOne(ctx, t, c.query+` RETURNING `+s.dialect.quoted(s.tables.Users.ID), c.args, &id)
	if err != nil {
		return nil, err
	}
	key, ok := s.tables.ID.value(id)
	if !ok {
		return nil, errors.New("the database assigned an id that is no whole number")
	}
	return key, nil
}

// lock keeps other sign-ins with the same address, identity or session waiting,
// where tables may have no unique keys. The order is fixed, so that nobody waits
// in a circle.
func (w *signIn) lock(ctx context.Context, t transaction) error {
	if w.store.tables.own != nil || w.store.dialect.lockKey == "" {
		return nil
	}
	var keys []int64
	add := func(kind string, parts ...string) {
		h := fnv.New64a()
		for _, part := range append([]string{kind}, parts...) {
			h.Write(strconv.AppendQuote(nil, part))
		}
		keys = append(keys, int64(h.Sum64())) //nolint:gosec // any number will do
	}
	for _, user := range []*auth.User{w.CreateUser, w.UpdateUser} {
		if user != nil && user.Email != "" {
			add("email", mailaddr.Fold(user.Email))
		}
	}
	if a := w.LinkAccount; a != nil {
		add("account", a.Provider, a.ProviderAccountID)
	}
	slices.Sort(keys)
	query, _ := w.store.dialect.placeholders(w.store.dialect.lockKey)
	for _, key := range keys {
		if _, err := t.tx.ExecContext(ctx, query, key); err != nil {
			return fmt.Errorf("lock: %w", err)
		}
	}
	return nil
}

// checkTaken looks for what a unique key would refuse, in tables that may have
// none.
func (w *signIn) checkTaken(ctx context.Context, t transaction, step auth.Step) error {
	s := w.store
	if s.tables.own != nil {
		return nil
	}
	var err error
	switch {
	case step == auth.StepCreateUser && w.CreateUser.Email != "":
		_, err = s.userByEmail(ctx, t, s.queries.takenEmail, w.CreateUser.Email)
	case step == auth.StepUpdateUser && w.UpdateUser != nil && w.UpdateUser.Email != "":
		var owner *auth.User
		owner, err = s.userByEmail(ctx, t, s.queries.takenEmail, w.UpdateUser.Email)
		if err == nil && owner.ID == w.UpdateUser.ID {
			return nil
		}
	case step == auth.StepLinkAccount:
		var owner string
		err = queryOne(ctx, t, s.queries.takenAccount, []any{w.LinkAccount.Provider, w.LinkAccount.ProviderAccountID}, &owner)
	case step == auth.StepCreateSession:
		_, err = s.readSession(ctx, t, s.queries.selectSession, w.CreateSession.Token)
	default:
		return nil
	}
	if errors.Is(err, auth.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = auth.ErrConflict
	}
	return err
}

// afterLostCommit finds out what happened when the connection was lost while the
// transaction was committed: what it would have stored is there or it is not. user
// is who would have been stored.
func (w *signIn) afterLostCommit(ctx context.Context, user *auth.User, lost error) (*auth.User, error) {
	if user == nil || !w.isStored(context.WithoutCancel(ctx), user) { // the deadline of each call holds
		return nil, lost
	}
	return user, nil
}

// isStored looks for what this transaction alone would have stored.
func (w *signIn) isStored(ctx context.Context, user *auth.User) bool {
	switch {
	case w.CreateSession != nil:
		_, _, err := w.store.SessionAndUser(ctx, w.CreateSession.Token)
		return err == nil
	case w.CreateUser != nil:
		_, err := w.store.User(ctx, user.ID)
		return err == nil
	case w.LinkAccount != nil:
		owner, err := w.store.UserByAccount(ctx, w.LinkAccount.Provider, w.LinkAccount.ProviderAccountID)
		return err == nil && owner.ID == user.ID
	case w.UseVerificationToken != nil && w.UpdateUser != nil:
		_, err := w.store.VerificationToken(ctx, w.UseVerificationToken.Identifier, w.UseVerificationToken.Token)
		if !errors.Is(err, auth.ErrNotFound) {
			return false
		}
		// Somebody else who used the link has another EmailVerified.
		stored, err := w.store.User(ctx, user.ID)
		return err == nil && reflect.DeepEqual(stored, user)
	}
	return false
}
