/** Counts what somebody does: each click, each field that is filled in, each choice, each key pressed on its own, each file. A bound that is broken fails the test. */
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

export class Counter {
  private steps: string[] = []

  constructor(readonly page: Page) {}

  async click(what: Locator): Promise<void> {
    this.steps.push(`click ${String(what)}`)
    await what.click()
  }

  async fill(what: Locator | string, text: string): Promise<void> {
    this.steps.push(`fill ${String(what)}`)
    await this.input(what).fill(text)
  }

  /** Of a list, by the value or by the words. */
  async select(what: Locator | string, option: string): Promise<void> {
    this.steps.push(`select ${String(what)}`)
    await this.input(what).selectOption(option)
  }

  /** Types a code or a name and goes on with Tab. */
  async pick(label: string, text: string): Promise<void> {
    this.steps.push(`pick ${label}`)
    const box = this.page.getByRole('combobox', { name: label, exact: true })
    await box.fill(text)
    await box.press('Tab')
  }

  async press(key: string): Promise<void> {
    this.steps.push(`press ${key}`)
    await this.page.keyboard.press(key)
  }

  async file(what: Locator, name: string, text: string): Promise<void> {
    this.steps.push(`file ${name}`)
    await what.setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
  }

  expectAtMost(bound: number, what: string): void {
    console.log(`${what}: ${this.steps.length} of at most ${bound}`)
    expect(this.steps.length, this.steps.join('\n')).toBeLessThanOrEqual(bound)
  }

  private input(what: Locator | string): Locator {
    return typeof what === 'string' ? this.page.getByLabel(what, { exact: true }) : what
  }
}
