import { UsageError } from "./errors.js";

export async function encode() {
  throw new UsageError("under way");
}
