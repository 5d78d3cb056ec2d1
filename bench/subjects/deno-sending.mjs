// What is the same in all servers over Deno's own sockets.
export async function writeAll(connection, data) {
  for (let sent = 0; sent < data.length; ) sent += await connection.write(data.subarray(sent))
}

export async function echo(connection) {
  const buffer = new Uint8Array(65536)
  try {
    for (;;) {
      const count = await connection.read(buffer)
      if (count === null) break
      await writeAll(connection, buffer.subarray(0, count))
    }
  } catch {
    // The peer is gone.
  } finally {
    connection.close()
  }
}
