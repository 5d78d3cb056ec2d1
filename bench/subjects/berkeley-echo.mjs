// What is the same in the echo servers over berkeley, as its users write them.
export async function echo(connection) {
  try {
    for (;;) {
      const data = await connection.recv(65536)
      if (data.length === 0) break
      await connection.sendall(data)
    }
  } catch {
    // The peer is gone.
  } finally {
    connection.close()
  }
}
