import { UsageError } from "./errors.js";

export async function decode() {
  throw new UsageError("under way");
}
