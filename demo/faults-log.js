const KEPT = 300;
/** What may still be answered is looked at again for so many attempts. */
const OPEN = 50;

const body = document.querySelector('#log');
const empty = document.querySelector('#empty');

/** The proxy's attempts and the widget's words as one table, newest first. */
export class Log {
  /** The number of the last attempt shown. */
  #last = 0;
  /** Cells for the status of those not answered yet, by number. */
  #open = new Map();

  /** After which attempt to ask the proxy for more. */
  get since() {
    return Math.min(this.#last, ...[...this.#open.keys()].map((n) => n - 1));
  }

  /** The proxy was started anew, and counts from the beginning. */
  restart() {
    this.#last = 0;
    this.#open.clear();
  }

  attempts(all) {
    for (const attempt of all) {
      const { n, at, method, path, transport, met, status } = attempt;
      if (n > this.#last) {
        // Which connection it is can be told by the beginning of its id.
        const where = path.replace(/(connection_id=\w{4})[\w-]+/, '$1…');
        const row = addRow(at, [`${transport === 'websocket' ? 'upgrade' : method} ${where}`, met, '']);
        row.classList.toggle('broken', met !== 'pass');
        row.classList.toggle('preflight', method === 'OPTIONS');
        this.#open.set(n, row.lastElementChild);
        this.#last = n;
      }
      const cell = this.#open.get(n);
      if (cell && status) cell.textContent = status;
      if (status || n <= this.#last - OPEN) this.#open.delete(n);
    }
  }

  widget(text) {
    const row = addRow(Date.now(), [`widget: ${text}`]);
    row.classList.add('widget');
    row.lastElementChild.colSpan = 3;
  }
}

function addRow(at, texts) {
  const row = document.createElement('tr');
  for (const text of [timeOf(at), ...texts]) {
    const cell = document.createElement('td');
    cell.textContent = text;
    row.append(cell);
  }
  row.dataset.at = at;
  // The proxy's own are only heard of a moment later than the widget's.
  const older = [...body.rows].find((each) => Number(each.dataset.at) <= at);
  body.insertBefore(row, older ?? null);
  empty.hidden = true;
  if (body.rows.length > KEPT) body.lastElementChild.remove();
  return row;
}

function timeOf(at) {
  const date = new Date(at);
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
