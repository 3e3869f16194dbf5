/** Where several wait for each other: nobody goes on before all that are still under way have come. */
export class Rendezvous {
  #parties: number;
  #waiting: (() => void)[] = [];

  constructor(parties: number) {
    this.#parties = parties;
  }

  meet(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#openIfAllCame();
    });
  }

  /** One has ended and will not come again. */
  leave(): void {
    this.#parties--;
    this.#openIfAllCame();
  }

  #openIfAllCame(): void {
    if (this.#waiting.length < this.#parties) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const open of waiting) open();
  }
}
