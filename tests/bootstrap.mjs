// Prints what the pages use of Bootstrap's sheet. The argument is the folder of crispy's templates.
import { PurgeCSS } from "purgecss";

const crispy = `${process.argv[2]}/bootstrap5`;
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
  // Words of those files that are classes of Bootstrap, too.
  blocklist: ["alert", "nav", "btn-check", "row-cols", "form-check-inline", "form-control-lg"],
  // Elements that crispy and Django write.
  safelist: ["input", "optgroup", "option", "select", "textarea"],
  variables: true,
});
process.stdout.write(`${sheet.css.trim()}\n`);
