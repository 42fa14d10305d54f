// Prints what the pages use of Bootstrap's sheet. The argument is the folder of crispy's templates.
import { PurgeCSS } from "purgecss";

const crispy = `${process.argv[2]}/bootstrap5`;

// The names of elements, the classes, and the types of fields in a template or a form. A word of
// the text is none of them, whatever it says.
function names(text) {
  const classes = text.matchAll(/(?:class|css_class|type)=["']([^"']*)/g);
  const elements = text.matchAll(/<([a-z][a-z0-9]*)/g);
  return [...classes, ...elements].flatMap(([, value]) => value.match(/[\w-]+/g) ?? []);
}

// What Django and crispy write by themselves: elements, attributes that have rules, classes.
const WRITTEN = `body input optgroup option select textarea checkbox disabled hidden type
  col-form-label form-check form-check-input form-check-label form-control form-label form-select
  fs-6 is-invalid pt-0`;

const [sheet] = await new PurgeCSS().purge({
  css: ["tests/node_modules/bootstrap/dist/css/bootstrap.min.css"],
  content: [
    "templates/*.html",
    "templates/{events,registrations}/*.html",
    "registrations/forms/*.py",
    // The templates of crispy that our forms are drawn by.
    `${crispy}/field.html`,
    `${crispy}/layout/{div,fieldset,field_errors,help_text}.html`,
  ],
  defaultExtractor: names,
  safelist: WRITTEN.split(/\s+/),
  variables: true,
  keyframes: true,
});
process.stdout.write(`${sheet.css.trim()}\n`);
