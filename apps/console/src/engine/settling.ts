/** Inputs that still look up what was typed into them: whoever saves waits for them. */
const pending = new Set<Promise<void>>()

export function settling(work: Promise<void>): void {
  const done = work.finally(() => pending.delete(done))
  pending.add(done)
}

export async function settled(): Promise<void> {
  await Promise.allSettled([...pending])
}
