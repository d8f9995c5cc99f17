package pages

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Asset is a file that the pages load. Its name changes with its content, so that
// it may be cached for ever.
type Asset struct {
	ContentType string
	// Content must not be changed.
	Content []byte
}

// assetNames are the names under which the files are served.
type assetNames struct{ style, script, icon string }

// Asset returns a file by its name, as the pages link to it below
// [Site.AssetsURL].
func (r *Renderer) Asset(name string) (Asset, bool) {
	asset, ok := r.assets[name]
	return asset, ok
}

// addAssets makes the files and names them.
func (r *Renderer) addAssets(o Options) error {
	r.assets = make(map[string]Asset)
	style, err := buildStyle(o)
	if err != nil {
		return err
	}
	r.names.style = r.addAsset("style", "css", "text/css; charset=utf-8", style)
	script, err := files.ReadFile("forms.js")
	if err != nil {
		return fmt.Errorf("pages: script: %w", err)
	}
	r.names.script = r.addAsset("forms", "js", "text/javascript; charset=utf-8", script)
	icon, err := files.ReadFile("icon.svg")
	if err != nil {
		return fmt.Errorf("pages: icon: %w", err)
	}
	r.names.icon = r.addAsset("icon", "svg", "image/svg+xml", icon)
	return nil
}

// addAsset adds a file under a name with a hash of its content.
func (r *Renderer) addAsset(stem, extension, contentType string, content []byte) (name string) {
	hash := sha256.Sum256(content)
	name = stem + "." + hex.EncodeToString(hash[:8]) + "." + extension
	r.assets[name] = Asset{contentType, content}
	return name
}

// buildStyle appends the colours of the options and the application's own style
// to the style sheet. Colours and properties have been checked before.
func buildStyle(o Options) ([]byte, error) {
	base, err := files.ReadFile("style.css")
	if err != nil {
		return nil, fmt.Errorf("pages: style sheet: %w", err)
	}
	var b bytes.Buffer
	b.Write(base)
	o.Theme.write(&b)
	for _, button := range o.Buttons {
		button.write(&b)
	}
	if o.Theme.StyleSheet != "" {
		b.WriteString("\n" + o.Theme.StyleSheet + "\n")
	}
	return b.Bytes(), nil
}
