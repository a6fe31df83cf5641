/** Counts what somebody does at a page: a click, a field that is filled in, a choice. A bound that is broken fails the test. */
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

export class Counter {
  private steps: string[] = []

  constructor(readonly page: Page) {}

  async click(what: Locator): Promise<void> {
    this.steps.push(`click ${String(what)}`)
    await what.click()
  }

  async fill(label: string, text: string): Promise<void> {
    this.steps.push(`fill ${label}`)
    await this.page.getByLabel(label, { exact: true }).fill(text)
  }

  async select(label: string, word: string): Promise<void> {
    this.steps.push(`select ${label}`)
    await this.page.getByLabel(label, { exact: true }).selectOption(word)
  }

  /** Types a code or a name and goes on with Tab. */
  async pick(label: string, text: string): Promise<void> {
    this.steps.push(`pick ${label}`)
    const box = this.page.getByRole('combobox', { name: label, exact: true })
    await box.fill(text)
    await box.press('Tab')
  }

  expectAtMost(bound: number, what: string): void {
    console.log(`${what}: ${this.steps.length} of at most ${bound}`)
    expect(this.steps.length, this.steps.join('\n')).toBeLessThanOrEqual(bound)
  }
}
