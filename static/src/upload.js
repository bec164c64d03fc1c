// The browser's side of resumable uploads; files.js loads it when somebody chooses a file.
export { Upload } from "tus-js-client";
