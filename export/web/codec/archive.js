export function zipFiles() {}
