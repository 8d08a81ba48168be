/** Runs a page's program with what the page is given, and posts its result, or its error, to the server. */
export async function report(program) {
  try {
    const given = await (await fetch("/given")).json();
    await send({ value: await program(given) });
  } catch (error) {
    await send({ error: `${error}\n${error.stack}` });
  }
}

function send(body) {
  return fetch("/result", { method: "POST", body: JSON.stringify(body) });
}
