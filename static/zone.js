// The visitor's own time zone, which only the browser knows. Each page is complete without it.
"use strict";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const language = document.documentElement.lang;

// The sign-up form sends it along.
for (const field of document.querySelectorAll("[data-own-zone]")) {
  field.value = zone || "";
}

// The parts of a date or an hour by name, in the language of the page and the visitor's zone.
function words(instant, options) {
  const format = new Intl.DateTimeFormat(language, { timeZone: zone, ...options });
  const parts = format.formatToParts(instant);
  return Object.fromEntries(parts.map((part) => [part.type, part.value]));
}

// An hour as the page's other clocks write it: « 15 h 30 », "15:30".
function hour(instant) {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const { hour, minute } = words(instant, options);
  return language === "fr" ? `${Number(hour)}\u00a0h\u00a0${minute}` : `${hour}:${minute}`;
}

// A date as the page writes it: « jeudi 1er avril 2027 ».
function day(instant) {
  const options = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  const { weekday, day, month, year } = words(instant, options);
  const number = language === "fr" && day === "1" ? "1er" : day;
  return [weekday, number, month, year].join("\u00a0");
}

// This browser's name of the zone `name`: some still say Asia/Katmandu.
function ownName(name) {
  return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
}

// The visitor's clock, still without its label, and the function that adds the label.
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
    add("span", "clock-until", `${language === "fr" ? "le" : "on"} ${day(end)}`);
  }
  return [clock, add];
}

// One more clock beside the hosts', if the visitor's is none of theirs.
for (const list of document.querySelectorAll("[data-own-clock]")) {
  const { zones, start, end, day: shownDay, ownClock: label } = list.dataset;
  if (zone && !zones.trim().split(" ").map(ownName).includes(ownName(zone))) {
    const [clock, add] = ownClock(new Date(start), new Date(end), shownDay);
    add("span", "clock-label", `(${label})`);
    list.append(clock);
  }
}
