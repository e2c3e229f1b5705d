// Runs every audit of graphql-http against a server, and prints the answers as one JSON document.
// node audits.mjs FOLDER_OF_PACKAGES ADDRESS TOKEN
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, url, token] = process.argv.slice(2);
const { serverAudits } = createRequire(join(folder, "package.json"))("graphql-http");

const fetchFn = (address, init = {}) =>
  fetch(address, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });

const found = [];
for (const audit of serverAudits({ url, fetchFn })) {
  const { id, name, status, reason } = await audit.fn();
  found.push({ id, name, status, reason: reason ?? "" });
}
console.log(JSON.stringify(found));
