import { expect, expectAccessible, test } from "./fixtures";
import { live } from "./life";

test("a service's log is read and its terminal typed at, under the strict policy of the page", async ({
  as,
  page,
  world,
  address,
}) => {
  const { service } = await live(world);
  await page.route(`**/v1/services/${service}`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), console: "terminal" } });
  });
  await page.route(`**/v1/services/${service}/log*`, (route) =>
    route.fulfill({ json: { service, at: new Date().toISOString(), text: "\u001b[32mready\u001b[0m on port 80\n" } }),
  );
  await page.route(`**/v1/services/${service}/consoles`, (route) =>
    route.fulfill({ status: 201, json: { ticket: "t", path: "/v1/consoles/t", expiresAt: new Date().toISOString() } }),
  );
  const sizes: unknown[] = [];
  await page.routeWebSocket("**/v1/consoles/t", (socket) => {
    socket.onMessage((message) => {
      if (typeof message === "string") sizes.push(JSON.parse(message));
      else if (message.toString() === "q") void socket.close({ code: 4408, reason: "idle for half an hour" });
      else socket.send(Buffer.from(`\u001b[38;2;90;200;120myou typed ${message.toString()}\u001b[0m\r\n`));
    });
    socket.send(Buffer.from("welcome\r\n"));
  });
  await as("buyer", `/services/${service}`);
  await page.goto(`${address}/services/${service}`);
  await expect(page.getByText("ready on port 80")).toBeVisible();
  await page.getByRole("button", { name: "Terminal" }).click();
  await page.getByRole("button", { name: "Open a terminal" }).click();
  const screen = page.locator(".xterm-rows");
  await expect(screen).toContainText("welcome");
  await page.keyboard.type("x");
  await expect(screen).toContainText("you typed x");
  expect(sizes[0]).toHaveProperty("resize.columns");
  await expectAccessible(page);
  await page.keyboard.type("q");
  await expect(page.getByText("It was open, idle or busy for too long")).toBeVisible();
  await expect(page.getByText("idle for half an hour")).toBeVisible();
});
