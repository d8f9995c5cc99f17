package auth

// NormalizeAddress is what turns a typed mail address into the stored one.
func NormalizeAddress(typed string, strictV4 bool) (string, error) {
	a := &Auth{config: Config{StrictV4: strictV4}}
	return a.normalizeAddress(&EmailProvider{}, typed)
}
