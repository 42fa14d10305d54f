// At the desk, admin's own widgets leave some of their parts without a name that is read out.
"use strict";

const giveNames = () => {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const box = select.parentElement.querySelector(".select2-selection");
    const name = select.getAttribute("aria-label") ?? select.labels[0]?.textContent.trim();
    if (box && name) {
      box.setAttribute("aria-label", name);
      box.removeAttribute("aria-labelledby");
      // Not a field of its own, but what the box holds.
      box.querySelector(".select2-selection__rendered").removeAttribute("role");
      box.querySelector(".select2-selection__rendered").removeAttribute("aria-readonly");
    }
  }
  // Admin numbers a new row's fields, and not what they say describes them.
  for (const field of document.querySelectorAll("[aria-describedby*=__prefix__]")) {
    if (!field.id.includes("__prefix__")) field.setAttribute("aria-describedby", `${field.id}_helptext`);
  }
  for (const icon of document.querySelectorAll("span.help-tooltip[aria-label]")) {
    icon.setAttribute("role", "img");
  }
  for (const input of document.querySelectorAll("p.datetime input:not([aria-label])")) {
    const row = input.closest(".form-row");
    input.setAttribute("aria-label", row.querySelector("label").textContent.trim());
  }
};
// Admin's scripts come first.
window.addEventListener("load", () => setTimeout(giveNames));
document.addEventListener("formset:added", () => setTimeout(giveNames));
