// The announcement's button tells what is saved: whoever has changed something since then is asked before the page goes.
"use strict";

const form = document.getElementById("workshop_form");
const typed = () => {
  // Both sides of a pair of boxes count, whether or not they are marked to be sent.
  const lists = [...form.querySelectorAll("select[multiple]")].map((list) => [...list.options].map((option) => option.value).join());
  return JSON.stringify([[...new FormData(form)].map(([name, value]) => [name, String(value)]), lists]);
};
let saved = null;
let leaving = false;

// Admin's own scripts set the page up first. What a refused save shows again is saved nowhere.
window.addEventListener("load", () => setTimeout(() => { saved = document.querySelector(".errornote") ? "" : typed(); }));
form?.addEventListener("submit", () => { leaving = true; });
window.addEventListener("beforeunload", (event) => {
  if (form && !leaving && saved !== null && typed() !== saved) {
    event.preventDefault();
  }
});
