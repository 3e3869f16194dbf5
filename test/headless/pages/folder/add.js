import { one } from "./parts/one.js";

export function add(number) {
  return number + one;
}

export async function readText(name, context) {
  return (await fetch(context.url(name))).text();
}
