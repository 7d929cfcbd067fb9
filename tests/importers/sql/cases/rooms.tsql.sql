-- SQL Server
SET ANSI_NULLS ON
GO
CREATE TYPE [dbo].[Phone] FROM nvarchar(20) NOT NULL
GO
CREATE TABLE [dbo].[Building](
	[Id] [int] IDENTITY(1,1) NOT NULL,
	[Code] [char](3) NOT NULL,
	[Phone] [dbo].[Phone],
	[Opened] [datetime2](7) NOT NULL CONSTRAINT [DF_opened] DEFAULT (getdate()),
	[Version] [rowversion] NOT NULL,
 CONSTRAINT [PK_Building] PRIMARY KEY CLUSTERED ([Id] ASC) WITH (PAD_INDEX = OFF) ON [PRIMARY]
) ON [PRIMARY]
GO
CREATE TABLE [dbo].[Room](
	[BuildingId] [int] NOT NULL,
	[Number] [smallint] NOT NULL,
	[Beds] [tinyint] NOT NULL,
	[Rate] [money] NOT NULL,
	[Guid] [uniqueidentifier] NULL UNIQUE,
	[Double] AS ([Beds] * 2) PERSISTED,
	[Open] [bit] NOT NULL,
 CONSTRAINT [PK_Room] PRIMARY KEY ([BuildingId], [Number])
)
GO
ALTER TABLE [dbo].[Room] WITH CHECK ADD CONSTRAINT [FK_Room_Building] FOREIGN KEY([BuildingId])
REFERENCES [dbo].[Building] ([Id])
GO
ALTER TABLE [dbo].[Room] ADD CONSTRAINT [CK_Beds] CHECK (([Beds]>=(1) AND [Beds]<=(4)))
ALTER TABLE [dbo].[Room] ADD CONSTRAINT [DF_Open] DEFAULT ((1)) FOR [Open]
GO
CREATE UNIQUE INDEX [UX_Code] ON [dbo].[Building] ([Code])
GO
CREATE PROCEDURE [dbo].[Clean] AS BEGIN SELECT 1; SELECT 2; END
GO
