/** The time at the server: a machine with a wrong clock would propose a day that is refused. */

/** How far the clock of the server goes before this machine's. */
let ahead = 0

/** The time that an answer bears. */
export function heardTime(timestamp: string): void {
  ahead = Date.parse(timestamp) - Date.now()
}

/** Today, in the time zone of the reader. */
export function today(now = new Date(Date.now() + ahead)): string {
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, '0')}-${String(now.getDate()).padStart(2, '0')}`
}
