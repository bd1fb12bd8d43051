// Writes times in the viewer's language and zone.
export const language = document.documentElement.lang;
const moment = new Intl.DateTimeFormat(language, {dateStyle: 'medium', timeStyle: 'short'});
const exactly = new Intl.DateTimeFormat(language, {dateStyle: 'full', timeStyle: 'long'});
const relative = new Intl.RelativeTimeFormat(language, {numeric: 'auto'});
const units = [['day', 86400], ['hour', 3600], ['minute', 60]];

function age(instant) {
  const seconds = Math.min(0, (instant - Date.now()) / 1000);
  const [unit, length] = units.find(([, length]) => -seconds >= length) ?? ['minute', 60];
  return relative.format(Math.trunc(seconds / length), unit);
}

export function writeTimes(within) {
  within.querySelectorAll('time[datetime]').forEach(time => {
    const instant = new Date(time.dateTime);
    time.textContent = 'age' in time.dataset ? age(instant) : moment.format(instant);
    time.title = exactly.format(instant);
  });
}

writeTimes(document);
setInterval(() => writeTimes(document), 30000);
