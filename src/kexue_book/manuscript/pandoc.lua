-- Each code block of class "post" holds one Markdown text; replace it by a Div of what the
-- text says. A text that pandoc cannot read becomes an error Div, and the others survive.
local reader = os.getenv("KEXUE_BOOK_READER")

function CodeBlock(block)
  if block.classes[1] ~= "post" then return nil end
  local read, doc = pcall(pandoc.read, block.text, reader)
  if read then
    return pandoc.Div(doc.blocks, pandoc.Attr(block.identifier, {"post"})), false
  end
  local attributes = {message = tostring(doc)}
  return pandoc.Div({}, pandoc.Attr(block.identifier, {"error"}, attributes)), false
end

return {{traverse = "topdown", CodeBlock = CodeBlock}}
