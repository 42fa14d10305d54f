// A form that is too large is refused as a whole: say so while nothing is lost.
"use strict";

for (const input of document.querySelectorAll("input[type=file][data-most]")) {
  input.addEventListener("change", () => {
    const [file] = input.files;
    const isTooLarge = file && file.size > Number(input.dataset.most);
    input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : "");
    input.reportValidity();
  });
}
