package dialogue

func (d *draft) attendWord(what referent) { d.attend(what.np.head) }
