// Numbered messages from several origins, as one client hears them.
const QUIET_MS = 10_000;

export class NumberedStreams {
  #client;
  #expected;
  #heard = {};
  #faults = [];
  #wake = () => {};

  /** @param expected how many messages each origin sends, numbered from 0 */
  constructor(client, expected) {
    this.#client = client;
    this.#expected = expected;
    Object.keys(expected).forEach((origin) => (this.#heard[origin] = []));
  }

  heard(origin, number) {
    this.#heard[origin]?.push(number) ?? this.#faults.push(`unknown origin ${origin}`);
    this.#wake();
  }

  /** Resolves when enough messages came, or when nothing new comes any more. */
  async complete() {
    while (!this.#enough()) {
      const more = await new Promise((resolve) => {
        const timer = setTimeout(resolve, QUIET_MS, false);
        this.#wake = () => {
          clearTimeout(timer);
          resolve(true);
        };
      });
      if (!more) {
        return;
      }
    }
  }

  #enough() {
    return Object.entries(this.#expected).every(([origin, count]) => this.#heard[origin].length >= count);
  }

  /** Throws an error that tells what is missing, came twice or came out of order. */
  verify() {
    for (const [origin, count] of Object.entries(this.#expected)) {
      const numbers = this.#heard[origin];
      const once = new Set(numbers);
      const missing = Array.from({ length: count }, (_, i) => i).filter((i) => !once.has(i));
      const twice = numbers.filter((number, i) => numbers.indexOf(number) !== i);
      const early = numbers.filter((number, i) => i > 0 && number < numbers[i - 1]);
      this.#report(origin, "missing", missing);
      this.#report(origin, "twice", twice);
      this.#report(origin, "out of order", early);
    }
    if (this.#faults.length > 0) {
      throw new Error(`${this.#client}: ${this.#faults.join("; ")}`);
    }
  }

  #report(origin, fault, numbers) {
    if (numbers.length > 0) {
      this.#faults.push(`from ${origin}: ${numbers.length} ${fault}, first ${numbers[0]}`);
    }
  }
}
