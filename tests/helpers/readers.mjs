// Reads calendars with node-ical and ts-ics. In, a line of JSON on stdin each time: [ics, …].
// Out: for each, {reader: [{uid, sequence, status, summary, start, end}]}, instants in seconds since 1970.
// ts-ics takes the night before a change of clocks, on the day itself, for the hours after it.
import { createInterface } from "node:readline";
import ical from "node-ical";
import { convertIcsCalendar } from "ts-ics";

const seconds = (date) => date.getTime() / 1000;

const byNodeIcal = (ics) =>
  Object.values(ical.sync.parseICS(ics))
    .filter((component) => component.type === "VEVENT")
    .map(({ uid, sequence, status, summary, start, end }) => ({
      uid, sequence: Number(sequence ?? 0), status, summary, start: seconds(start), end: seconds(end),
    }));

const byTsIcs = (ics) =>
  (convertIcsCalendar(undefined, ics).events ?? []).map(({ uid, sequence, status, summary, start, end }) => ({
    uid, sequence: sequence ?? 0, status, summary, start: seconds(start.date), end: seconds(end.date),
  }));

const read = (ics) => ({ "node-ical": byNodeIcal(ics), "ts-ics": byTsIcs(ics) });

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(JSON.parse(line).map(read)));
}
