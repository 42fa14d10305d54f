// A form that is too large would be refused as a whole: say so while nothing is lost.
"use strict";

for (const input of document.querySelectorAll("input[type=file][data-most]")) {
  const check = () => {
    const [file] = input.files;
    const isTooLarge = file && file.size > Number(input.dataset.most);
    input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : "");
    return input.reportValidity();
  };
  input.addEventListener("change", check);
  // Admin's forms are not validated by the browser.
  input.form.addEventListener("submit", (event) => {
    if (!check()) {
      event.preventDefault();
    }
  });
}
