// The visitor's own time zone, which only the browser knows. Each page is complete without it.
"use strict";

const language = document.documentElement.lang;
let zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const isFrench = language.startsWith("fr");

// Whether English is written "9:30 a.m." where the visitor is: in the United States and Canada.
function hasHalfDays() {
  return ["US", "CA"].some((country) => {
    const zones = new Intl.Locale(`en-${country}`).getTimeZones?.() ?? [];
    return zones.includes(zone);
  });
}

// The cities whose French name is not the one in the zone's; a test compares them with babel's.
const FRENCH = `
Addis_Ababa=Addis-Abeba|Adelaide=Adélaïde|Algiers=Alger|Almaty=Alma Ata|Andorra=Andorre|
Aqtau=Aktaou|Aqtobe=Aktioubinsk|Araguaina=Araguaína|Ashgabat=Achgabat|Asmera=Asmara|
Asuncion=Asunción|Athens=Athènes|Atyrau=Atyraou|Azores=Açores|Baghdad=Bagdad|
Bahia_Banderas=Bahia de Banderas|Bahrain=Bahreïn|Baku=Bakou|Barbados=La Barbade|Beirut=Beyrouth|
Belem=Belém|Bermuda=Bermudes|Bishkek=Bichkek|Brussels=Bruxelles|Bucharest=Bucarest|
Busingen=Büsingen|Cairo=Le Caire|Calcutta=Kolkata|Canary=Îles Canaries|Cancun=Cancún|
Cape_Verde=Cap-Vert|Cayman=Caïmans|Chita=Tchita|Ciudad_Juarez=Ciudad Juárez|Comoro=Comores|
Copenhagen=Copenhague|Coral_Harbour=Atikokan|Cuiaba=Cuiabá|Curacao=Curaçao|Damascus=Damas|
Detroit=Détroit|Dominica=Dominique|Dubai=Dubaï|DumontDUrville=Dumont-d’Urville|
Dushanbe=Douchanbé|Easter=Île de Pâques|Efate=Éfaté|Eirunepe=Eirunepé|El_Aaiun=Laâyoune|
Enderbury=Canton|Faeroe=Faroe|Famagusta=Famagouste|Fiji=Fidji|Galapagos=Galápagos|Godthab=Nuuk|
Grenada=Grenade|Guernsey=Guernesey|Havana=La Havane|Hebron=Hébron|Irkutsk=Irkoutsk|
Isle_of_Man=Île de Man|Jamaica=Jamaïque|Jerusalem=Jérusalem|Kabul=Kaboul|Kamchatka=Kamtchatka|
Kanton=Canton|Kathmandu=Katmandou|Katmandu=Katmandou|Kiev=Kyiv|Krasnoyarsk=Krasnoïarsk|
Kuwait=Koweït|Lisbon=Lisbonne|Lome=Lomé|London=Londres|Lower_Princes=Lower Prince’s Quarter|
Macau=Macao|
Maceio=Maceió|Madeira=Madère|Mahe=Mahé|Makassar=Macassar|Malta=Malte|Manaus=Manaos|
Manila=Manille|Marquesas=Marquises|Mauritius=Maurice|Mazatlan=Mazatlán|Merida=Mérida|
Mexico_City=Mexico|Mogadishu=Mogadiscio|Moscow=Moscou|Muscat=Mascate|Ndjamena=N’Djamena|
Nicosia=Nicosie|Noronha=Fernando de Noronha|Noumea=Nouméa|Novosibirsk=Novossibirsk|Oral=Ouralsk|
Palau=Palaos|Ponape=Pohnpei|Port_of_Spain=Port-d’Espagne|Puerto_Rico=Porto Rico|
Qostanay=Kostanaï|Qyzylorda=Kzyl Orda|Rangoon=Yangon|Reunion=La Réunion|
Rio_Gallegos=Río Gallegos|Riyadh=Riyad|Saigon=Ho Chi Minh|Sakhalin=Sakhaline|
Samarkand=Samarcande|San_Marino=Saint-Marin|Santarem=Santarém|Santo_Domingo=Saint-Domingue|
Sao_Paulo=São Paulo|Sao_Tome=São Tomé|Scoresbysund=Ittoqqortoormiit|Seoul=Séoul|
Singapore=Singapour|South_Georgia=Géorgie du Sud|St_Barthelemy=Saint-Barthélemy|
St_Helena=Sainte-Hélène|St_Johns=Saint-Jean de Terre-Neuve|St_Kitts=Saint-Christophe|
St_Lucia=Sainte-Lucie|St_Thomas=Saint-Thomas|St_Vincent=Saint-Vincent|Syowa=Showa|
Tashkent=Tachkent|Tbilisi=Tbilissi|Tehran=Téhéran|Thule=Thulé|Tirane=Tirana|Truk=Chuuk|
Tucuman=Tucumán|Ulaanbaatar=Oulan-Bator|Ulyanovsk=Oulianovsk|Urumqi=Ürümqi|Ushuaia=Ushuaïa|
Vatican=Le Vatican|Vienna=Vienne|Warsaw=Varsovie|Yakutsk=Iakoutsk|Yekaterinburg=Ekaterinbourg|
Yerevan=Erevan
`;
const cities = Object.fromEntries(
  isFrench ? FRENCH.trim().split(/\|\n?/).map((pair) => pair.split("=")) : [],
);

// What the language of the page calls the city of the zone `name`: « Londres ».
function city(name) {
  // Whoever is in Montréal lives by this zone, too.
  if (name === "America/Toronto") return isFrench ? "Montréal ou Toronto" : "Toronto or Montréal";
  const last = name.split("/").pop();
  return cities[last] || last.replaceAll("_", " ");
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
  return `${before}${hour(start, onTwelve)}\u00a0–\u00a0${hour(end, onTwelve)}${after}`;
}

// What a clock in the zone `name` shows at `instant`, to compare with another one's.
function shown(instant, name) {
  return instant.toLocaleString("en", { timeZone: name });
}

// Does a clock of the visitor's show the hours that one of the hosts' does?
function isAHosts(face) {
  const [start, end] = hoursOf(face);
  const isTheirs = (name) => [start, end].every((at) => shown(at, name) === shown(at, zone));
  return face.dataset.zones.trim().split(" ").some(isTheirs);
}

function hoursOf({ dataset }) {
  return [new Date(dataset.start), new Date(dataset.end)];
}

// « Chez vous, Londres : 14 h 30 – 17 h 00 »
function sentence(face) {
  const onTwelve = "halfDays" in face.dataset || hasHalfDays();
  return face.dataset.ownHour
    .replace("%(city)s", city(zone))
    .replace("%(hours)s", hours(...hoursOf(face), face.dataset.day, onTwelve));
}

function element(name, className, text = "") {
  return Object.assign(document.createElement(name), { className, textContent: text });
}

// Each line beneath the hosts' clocks, by its clocks.
const lines = new Map();

// All that depends on the zone says what it is now. The form sends it along.
function tell() {
  for (const field of document.querySelectorAll("[data-own-zone]")) field.value = zone || "";
  for (const [face, line] of lines) line.textContent = sentence(face);
}

// What opens a choice of zones. It is remembered nowhere.
function chooser(face, line) {
  const details = element("details", "own-zone");
  const select = element("select", "form-select");
  select.setAttribute("aria-label", face.dataset.zone);
  details.append(element("summary", "", face.dataset.change), select);
  details.addEventListener("toggle", () => {
    // From now on a change of the line is read out.
    line.setAttribute("role", "status");
    const names = new Set([zone, ...Intl.supportedValuesOf("timeZone")]);
    const places = [...names].filter((name) => /^(?!Etc).*\//.test(name) || name === zone);
    const { compare } = new Intl.Collator(language);
    // Two names of one city are told once.
    const byCity = new Map(places.map((name) => [city(name), name]).concat([[city(zone), zone]]));
    const options = [...byCity].map(([text, name]) => new Option(text, name));
    select.replaceChildren(...options.sort((one, other) => compare(one.text, other.text)));
    select.value = zone;
  });
  select.addEventListener("change", () => {
    zone = select.value;
    tell();
  });
  return details;
}

// One line, if the visitor's clock shows other hours than each of the hosts'.
for (const face of document.querySelectorAll("[data-own-hour]")) {
  if (zone && !isAHosts(face)) {
    const box = element("div", "own-clock");
    const line = element("p", "own-hour");
    lines.set(face, line);
    box.append(line);
    if (Intl.supportedValuesOf) box.append(chooser(face, line));
    face.append(box);
  }
}
tell();

// Who comes near the foot of a page gets the script of the buttons that stand there.
const foot = document.querySelector("[data-script]");
if (foot) {
  const watch = new IntersectionObserver(
    ([{ isIntersecting }]) => {
      if (!isIntersecting) return;
      watch.disconnect();
      import(foot.dataset.script);
    },
    { rootMargin: "300px" },
  );
  watch.observe(foot);
}
