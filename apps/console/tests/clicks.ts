/** Counts what somebody does: each click, each field that is filled, each key that is pressed on its own, each file that is chosen. */
import type { Locator, Page } from 'playwright-core'

export class Clicks {
  count = 0

  constructor(readonly page: Page) {}

  async click(what: Locator): Promise<void> {
    this.count += 1
    await what.click()
  }

  async fill(what: Locator, text: string): Promise<void> {
    this.count += 1
    await what.fill(text)
  }

  async select(what: Locator, label: string): Promise<void> {
    this.count += 1
    await what.selectOption({ label })
  }

  async press(key: string): Promise<void> {
    this.count += 1
    await this.page.keyboard.press(key)
  }

  async file(what: Locator, name: string, text: string): Promise<void> {
    this.count += 1
    await what.setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
  }
}
