// The button beside a password shows and hides it. Without this script the
// button stays hidden.
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
