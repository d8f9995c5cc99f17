// The comforts of forms that need a script. Every form works without it.

// The button beside a password, hidden without this script, shows and hides it.
for (const button of document.querySelectorAll(".reveal")) {
  const input = button.previousElementSibling;
  const show = button.getAttribute("aria-label");
  const toggle = (visible) => {
    input.type = visible ? "text" : "password";
    button.setAttribute("aria-label", visible ? button.dataset.hide : show);
    button.classList.toggle("on", visible);
  };
  button.hidden = false;
  button.addEventListener("click", () => toggle(input.type === "password"));
  // A password manager and the browser's history want a password field.
  input.form.addEventListener("submit", () => toggle(false));
}

// A form is sent once. Whoever comes back to the page may send it again.
let sent = false;
addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = !event.defaultPrevented || sent;
});
addEventListener("pageshow", () => { sent = false; });
