// The announcement's button tells what is saved: whoever has typed since then is asked before the page goes.
"use strict";

const form = document.getElementById("workshop_form");
let unsaved = false;

for (const event of ["input", "change"]) {
  form?.addEventListener(event, () => { unsaved = true; });
}
form?.addEventListener("submit", () => { unsaved = false; });
window.addEventListener("beforeunload", (event) => {
  if (unsaved) {
    event.preventDefault();
  }
});
