// What only the browser knows: the visitor's own time zone. Every page says its hours without it.
"use strict";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

// The sign-up form takes it along.
for (const field of document.querySelectorAll("[data-own-zone]")) {
  field.value = zone || "";
}

// A date or an hour as the page's other clocks write them: « 15 h 30 », "15:30".
function words(instant, options) {
  const parts = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: zone, ...options }).formatToParts(instant);
  return Object.fromEntries(parts.map((part) => [part.type, part.value]));
}

function hour(instant) {
  const { hour, minute } = words(instant, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return document.documentElement.lang === "fr" ? `${Number(hour)}\u00a0h\u00a0${minute}` : `${hour}:${minute}`;
}

function day(instant) {
  const { weekday, day, month, year } = words(instant, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const number = document.documentElement.lang === "fr" && day === "1" ? "1er" : day;
  return [weekday, number, month, year].join("\u00a0");
}

// What this browser calls the zone `name`: some still say Asia/Katmandu.
function called(name) {
  return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
}

// One more clock beside the hosts', if the visitor's is none of theirs.
function ownClock(start, end, shownDay) {
  const clock = document.createElement("li");
  clock.className = "clock";
  const add = (name, className, text) => {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = text;
    clock.append(element, " ");
    return element;
  };
  if (day(start) !== shownDay) {
    add("span", "clock-day", day(start));
  }
  add("time", "clock-hours", `${hour(start)}\u00a0– ${hour(end)}`).dateTime = start.toISOString();
  if (day(start) !== day(end)) {
    add("span", "clock-until", `${document.documentElement.lang === "fr" ? "le" : "on"} ${day(end)}`);
  }
  return [clock, add];
}

for (const list of document.querySelectorAll("[data-own-clock]")) {
  if (zone && !list.dataset.zones.trim().split(" ").map(called).includes(called(zone))) {
    const [clock, add] = ownClock(new Date(list.dataset.start), new Date(list.dataset.end), list.dataset.day);
    add("span", "clock-label", `(${list.dataset.ownClock})`);
    list.append(clock);
  }
}
