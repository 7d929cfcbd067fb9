-- Does in Neovim what a person does with a spec, and writes what came of it as JSON to $CHECK_RESULTS.
-- The files: shop.dgen, with a misspelt column, which imports people.dgen. $CHECK_FORMAT: "save" where saving formats.

local results = {}

local function wait(what, question)
  if not vim.wait(20000, question, 20) then
    error("waited in vain: " .. what)
  end
end

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end

-- Puts the cursor on the first place of `piece`, `offset` bytes into it.
local function go_to(piece, offset)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local start = line:find(piece, 1, true)
    if start then
      vim.api.nvim_win_set_cursor(0, { number, start - 1 + offset })
      return
    end
  end
  error("the text has no " .. piece)
end

local function client()
  local all = vim.lsp.get_clients and vim.lsp.get_clients({ name = "specdsl" }) or vim.lsp.get_active_clients()
  return all[1]
end

local function request(method)
  local params = vim.lsp.util.make_position_params(0, client().offset_encoding)
  if method == "textDocument/completion" then
    -- Neovim puts the cursor on a character, the protocol between two.
    params.position.character = params.position.character + 1
  end
  local answers = assert(vim.lsp.buf_request_sync(0, method, params, 20000), method)
  for _, answer in pairs(answers) do
    assert(answer.err == nil, vim.inspect(answer.err))
    return answer.result
  end
end

local function check()
  vim.cmd("edit shop.dgen")
  results.filetype = vim.bo.filetype
  results.commentstring = vim.bo.commentstring

  wait("a diagnostic", function()
    return #vim.diagnostic.get(0) > 0
  end)
  results.diagnostics = vim.tbl_map(function(found)
    return { line = found.lnum + 1, column = found.col + 1, message = found.message, code = found.code, source = found.source }
  end, vim.diagnostic.get(0))
  results.encoding = client().offset_encoding

  go_to("user_id.creatd_at", #"user_id.cre" - 1)
  local completion = request("textDocument/completion")
  results.completion = vim.tbl_map(function(item)
    return item.label
  end, completion.items or completion)

  vim.cmd([[substitute/creatd_at/created_at/]])
  wait("no diagnostic, once it is mended", function()
    return #vim.diagnostic.get(0) == 0
  end)

  go_to("user_id.created_at", #"user_id.c")
  results.hover = request("textDocument/hover").contents.value

  vim.lsp.buf.rename("joined_at")
  wait("the new name", function()
    return text():find("user_id.joined_at", 1, true) ~= nil
  end)

  go_to("placed_at timestamp", 0)
  vim.cmd([[substitute/timestamp *=/timestamp     =/]])
  if os.getenv("CHECK_FORMAT") ~= "save" then
    if vim.lsp.buf.format then
      vim.lsp.buf.format({ timeout_ms = 20000 })
    else
      vim.lsp.buf.formatting_sync(nil, 20000)
    end
  end
  vim.cmd("wall")
end

local ok, message = xpcall(check, debug.traceback)
if not ok then
  results.error = message
  results.text = text()
end
vim.fn.writefile({ vim.fn.json_encode(results) }, os.getenv("CHECK_RESULTS"))
vim.cmd("qall!")
