// Reads calendars with ical.js, the parser of Thunderbird. In, a line of JSON on stdin each time:
// [{ics, walls: {tzid: [wall, …]}}, …].
// Out: for each, its events and, by tzid, the UTC instant (seconds since 1970) that its VTIMEZONE gives each wall time.
import { createInterface } from "node:readline";
import ICAL from "ical.js";

const text = (component, name) => component.getFirstPropertyValue(name);

const instant = (component, name) => {
  const time = component.getFirstPropertyValue(name);
  // Without a zone, toUnixTime() would pass a wall time off as UTC.
  if (time.zone === ICAL.Timezone.localTimezone) throw new Error(`${name} is floating`);
  return { seconds: time.toUnixTime(), zone: time.zone.tzid, wall: time.toString() };
};

const people = (component, name) =>
  component.getAllProperties(name).map((property) => ({ address: property.getFirstValue(), ...property.toJSON()[1] }));

const event = (component) => ({
  uid: text(component, "uid"),
  sequence: text(component, "sequence"),
  status: text(component, "status"),
  summary: text(component, "summary"),
  description: text(component, "description"),
  location: text(component, "location"),
  url: text(component, "url"),
  start: instant(component, "dtstart"),
  end: instant(component, "dtend"),
  organizer: people(component, "organizer"),
  attendees: people(component, "attendee"),
});

const read = ({ ics, walls = {} }) => {
  const calendar = new ICAL.Component(ICAL.parse(ics));
  const zones = Object.fromEntries(
    calendar.getAllSubcomponents("vtimezone").map((zone) => [text(zone, "tzid"), new ICAL.Timezone(zone)]),
  );
  const instants = Object.fromEntries(
    Object.entries(walls).map(([tzid, times]) => [
      tzid,
      times.map((wall) => {
        const time = ICAL.Time.fromDateTimeString(wall);
        time.zone = zones[tzid];
        return time.toUnixTime();
      }),
    ]),
  );
  const events = calendar.getAllSubcomponents("vevent").map(event);
  return { method: text(calendar, "method"), tzids: Object.keys(zones), instants, events };
};

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(JSON.parse(line).map(read)));
}
