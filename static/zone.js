// The visitor's own time zone, which only the browser knows. Each page is complete without it.
"use strict";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const language = document.documentElement.lang;
const isFrench = language.startsWith("fr");

// Whether English is written "9:30 a.m." where the visitor is: in the United States and Canada.
function hasHalfDays() {
  return ["US", "CA"].some((country) => {
    const zones = new Intl.Locale(`en-${country}`).getTimeZones?.() ?? [];
    return zones.includes(zone);
  });
}

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

// An hour as the page's other clocks write it: « 15 h 30 », "15:30", "3:30 p.m.".
function hour(instant, onTwelve) {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const { hour, minute } = words(instant, options);
  if (isFrench) return `${Number(hour)}\u00a0h\u00a0${minute}`;
  if (!onTwelve) return `${hour}:${minute}`;
  return `${hour % 12 || 12}:${minute}\u00a0${hour < 12 ? "a.m." : "p.m."}`;
}

// A date as the page writes it: « jeudi 1er avril 2027 ».
function day(instant) {
  const options = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  const { weekday, day, month, year } = words(instant, options);
  const number = isFrench && day === "1" ? "1er" : day;
  return `${weekday} ${number}\u00a0${month} ${year}`;
}

// The hours from `start` to `end`, with the date where it is not `shownDay`.
function hours(start, end, shownDay, onTwelve) {
  const before = day(start) === shownDay ? "" : `${day(start)}, `;
  const after = day(start) === day(end) ? "" : ` ${isFrench ? "le" : "on"} ${day(end)}`;
  return `${before}${hour(start, onTwelve)}\u00a0– ${hour(end, onTwelve)}${after}`;
}

// What a clock in the zone `name` shows at `instant`, to compare with another one's.
function shown(instant, name) {
  return instant.toLocaleString("en", { timeZone: name });
}

// One line beneath the hosts' clocks, if the visitor's shows other hours than each of them.
for (const face of document.querySelectorAll("[data-own-hour]")) {
  const { zones, day: shownDay, ownHour } = face.dataset;
  const [start, end] = [new Date(face.dataset.start), new Date(face.dataset.end)];
  const isHosts = (name) => [start, end].every((at) => shown(at, name) === shown(at, zone));
  if (zone && !zones.trim().split(" ").some(isHosts)) {
    const line = document.createElement("p");
    line.className = "own-hour";
    const onTwelve = "halfDays" in face.dataset || hasHalfDays();
    const city = zone.split("/").pop().replaceAll("_", " ");
    line.textContent = ownHour
      .replace("%(city)s", city)
      .replace("%(hours)s", hours(start, end, shownDay, onTwelve));
    face.append(line);
  }
}
