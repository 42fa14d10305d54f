// The announcement says what is saved, not what is typed. So the browser asks before its button
// leaves a page with unsaved changes.
"use strict";

const form = document.getElementById("workshop_form");
const typed = () => {
  const fields = [...new FormData(form)].map(([name, value]) => [name, String(value)]);
  // In admin's pairs of boxes, options count on either side, selected or not.
  const boxes = [...form.querySelectorAll("select[multiple]")];
  const options = boxes.map((box) => [...box.options].map((option) => option.value).join());
  return JSON.stringify([fields, options]);
};
let saved = null;
let leaving = false;

// Admin's own scripts set the page up first. A refused form shows what is saved nowhere.
window.addEventListener("load", () => setTimeout(() => {
  saved = document.querySelector(".error-summary") ? "" : typed();
}));
form?.addEventListener("submit", () => { leaving = true; });
window.addEventListener("beforeunload", (event) => {
  if (form && !leaving && saved !== null && typed() !== saved) {
    event.preventDefault();
  }
});
